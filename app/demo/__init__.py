"""The demonstration cast and journey, made by calling the services."""
