package salesforce

// ParseRowError lets the fuzz test reach the parser of sf__Error.
var ParseRowError = parseRowError
