state_dir = ""
