"""Results that come out together: held until somebody with the right releases them all."""
