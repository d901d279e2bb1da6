# Unsupported argument; An argument named "size" is not expected here
object "Contact" {
  field "X__c" {
    type = "text"
    size = 5
  }
}
