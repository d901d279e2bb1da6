# By name or by id.
terraform import reportsync_report_source.insights name=walkme-insights
terraform import reportsync_report_source.insights src_0337cmjz1xv6b7qwm8r4c2d9fk
