# object "Opportunity": not a standard object of the simulator (Account, Contact, Lead, Organization, User)
object "Opportunity" {}
