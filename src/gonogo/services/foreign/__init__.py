"""Services that something else runs already (systemd, compose, Kubernetes, PM2), behind one interface."""
