# object "Quote": not a standard object of the simulator (Account, AssignmentRule, Case, Contact, EntityDefinition,
object "Quote" {}
