"""Building what Belbox runs on: the switch root and the disk image."""
