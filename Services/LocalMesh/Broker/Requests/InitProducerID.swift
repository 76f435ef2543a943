extension BrokerRequests {
  func initProducerID(_ reader: inout KafkaReader, _ writer: inout KafkaWriter) async throws {
    let transaction = try reader.nullableString()
    writer.int32(0)  // throttle
    do {
      guard transaction == nil else { throw BrokerError.invalid("this broker has no transactions") }
      let id = try await log.newProducerID()
      writer.error(.none)
      writer.int64(id)
      writer.int16(0)
    } catch {
      report("no producer id given: \(error)")
      writer.error((error as? BrokerError).map(KafkaErrorCode.init) ?? .kafkaStorageError)
      writer.int64(-1)
      writer.int16(-1)
    }
  }
}
