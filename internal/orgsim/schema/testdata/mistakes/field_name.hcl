# not an API name
object "Contact" {
  field "Two__Parts__c" {
    type = "text"
  }
}
