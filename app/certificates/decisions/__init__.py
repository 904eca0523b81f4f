"""What a regrade does to certificates: nothing, until a certifier decides."""
