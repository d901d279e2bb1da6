# The fields that an administrator would have made in a real org before the first run.
object "Contact" {
  field "Onboarding_Status__c" {
    label  = "Onboarding Status"
    type   = "picklist"
    values = ["Not Started", "In Progress", "Stuck", "Completed"]
  }
  field "Sessions_30d__c" {
    label     = "Sessions (30d)"
    type      = "number"
    precision = 6
    scale     = 0
  }
  field "Last_Seen__c" {
    label = "Last Seen"
    type  = "datetime"
  }
  field "Usage_Source__c" {
    label  = "Usage Source"
    type   = "text"
    length = 40
  }
}
