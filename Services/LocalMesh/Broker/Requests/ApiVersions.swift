extension BrokerRequests {
  func apiVersions(_ header: KafkaRequestHeader, _ writer: inout KafkaWriter) {
    guard header.version >= 3 else {
      Self.listVersions(.none, &writer)
      if header.version >= 1 { writer.int32(0) }  // throttle
      return
    }
    writer.error(.none)
    writer.unsignedVarint(UInt64(KafkaAPI.allCases.count + 1))
    for api in KafkaAPI.allCases {
      Self.versions(of: api, &writer)
      writer.unsignedVarint(0)
    }
    writer.int32(0)  // throttle
    writer.unsignedVarint(0)
  }

  static func listVersions(_ error: KafkaErrorCode, _ writer: inout KafkaWriter) {
    writer.error(error)
    writer.array(KafkaAPI.allCases) { versions(of: $1, &$0) }
  }

  private static func versions(of api: KafkaAPI, _ writer: inout KafkaWriter) {
    writer.int16(api.rawValue)
    writer.int16(api.versions.lowerBound)
    writer.int16(api.versions.upperBound)
  }
}
