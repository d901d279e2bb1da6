# By name or by id. The secret can't be imported: the daemon never tells it.
terraform import reportsync_salesforce_connection.production name=production
terraform import reportsync_salesforce_connection.production con_0337cmjykdtqs3r5ehntg1v6mw
