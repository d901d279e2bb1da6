scratch_dir = " "
