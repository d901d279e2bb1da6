# a restricted picklist needs values
object "Contact" {
  field "X__c" {
    type       = "picklist"
    restricted = true
  }
}
