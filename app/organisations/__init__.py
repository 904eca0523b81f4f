"""The network: authority, universities, bar bodies, sub-centres, industry platforms, outposts."""
