"""The inventory service: what there is, what it costs, and for whom it is kept."""
