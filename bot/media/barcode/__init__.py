"""Finding and reading the barcodes of one picture, in stages that cost more as the picture gets worse."""
