fault "busy" {
  preset = "html_503"
  path   = "/services/data/*/jobs/**"
  after  = 3
  times  = 2
}

fault "bad titles" {
  action  = "row_error"
  code    = "FIELD_CUSTOM_VALIDATION_EXCEPTION"
  message = "No bosses."
  fields  = ["Title"]
  object  = "Contact"
  ids     = ["003000000000001"]
  where   = { Title = "Boss" }
  every   = 2
  percent = 50
}

fault "slow" {
  action = "delay"
  delay  = "1.5s"
  kind   = "query"
  header = { User-Agent = "sf*" }
}

fault "short" {
  action  = "truncate_body"
  lines   = 3
  orderly = true
}
