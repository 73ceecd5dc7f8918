"""The store's history, run by Alembic from `feeder.store.migrating`."""
