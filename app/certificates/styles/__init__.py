"""House styles of the issuing bodies: authored as files, kept in versions, named by every document."""
