"""What Alembic runs: the migrations, inside the transaction that `migrating.py` opened."""

from __future__ import annotations

from alembic import context

from feeder.store.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
