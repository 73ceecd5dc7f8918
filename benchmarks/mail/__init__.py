"""What it costs to send an edition, beside the usual way."""
