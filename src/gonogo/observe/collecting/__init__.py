"""Reading this machine with psutil. Free of server code: agents use it as well."""
