file_roots = "/srv/reports"
