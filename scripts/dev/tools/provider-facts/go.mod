module keelson/tools/provider-facts

go 1.26.0
