# By id; "reportsyncd runs" lists them.
terraform import reportsync_run.after_change run_0337cmk0a9d3f6h8k1n4q7s0v2
