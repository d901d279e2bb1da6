# the label has 42 characters
object "Contact" {
  field "X__c" {
    type  = "text"
    label = "😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀😀"
  }
}
