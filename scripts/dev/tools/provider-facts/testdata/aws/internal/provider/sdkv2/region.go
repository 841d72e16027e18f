package sdkv2

func forceNewIfRegionChanges() {}
