"""IMAP, SMTP and OAuth: the only modules that speak to mail servers."""
