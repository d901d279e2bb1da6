file_roots = []
