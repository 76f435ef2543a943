extension BrokerRequests {
  func findCoordinator(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) throws(MalformedRequest) {
    _ = try reader.string()
    let isTransaction = header.version >= 1 ? try reader.int8() != 0 : false
    if header.version >= 1 { writer.int32(0) }  // throttle
    writer.error(isTransaction ? .invalidRequest : .none)
    if header.version >= 1 { writer.nullableString(isTransaction ? "This broker has no transactions." : nil) }
    writer.int32(Self.node)
    writer.string(settings.host)
    writer.int32(Int32(port))
  }

  func joinGroup(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    let group = try reader.string()
    let sessionTimeout = try reader.int32()
    let rebalanceTimeout = header.version >= 1 ? try reader.int32() : sessionTimeout
    let request = JoinRequest(
      group: group, sessionTimeout: Int64(sessionTimeout), rebalanceTimeout: Int64(rebalanceTimeout),
      member: try reader.string(), type: try reader.string(),
      protocols: try reader.array { reader throws(MalformedRequest) in
        let name = try reader.string()
        return ConsumerGroup.GroupProtocol(name: name, metadata: try reader.blob())
      })
    let answer: JoinAnswer =
      if group.isEmpty {
        .failed(.invalidGroupID)
      } else if !(100...1_800_000 ~= sessionTimeout) {
        .failed(.invalidSessionTimeout)
      } else {
        await groups.join(request, client: header.client)
      }
    if header.version >= 2 { writer.int32(0) }  // throttle
    writer.error(answer.code)
    writer.int32(answer.generation)
    writer.string(answer.chosen)
    writer.string(answer.leader)
    writer.string(answer.member)
    writer.array(answer.offers) {
      $0.string($1.member)
      $0.blob($1.metadata)
    }
  }

  func syncGroup(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    let group = try reader.string()
    let generation = try reader.int32()
    let member = try reader.string()
    let assignments = try reader.array { reader throws(MalformedRequest) in
      (try reader.string(), try reader.blob())
    }
    let answer = await groups.sync(
      group: group, member: member, generation: generation, assignments: Dictionary(assignments) { $1 })
    if header.version >= 1 { writer.int32(0) }  // throttle
    writer.error(answer.code)
    writer.blob(answer.assignment)
  }

  func heartbeat(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    let group = try reader.string()
    let generation = try reader.int32()
    let code = await groups.heartbeat(group: group, member: try reader.string(), generation: generation)
    if header.version >= 1 { writer.int32(0) }  // throttle
    writer.error(code)
  }

  func leaveGroup(
    _ header: KafkaRequestHeader, _ reader: inout KafkaReader, _ writer: inout KafkaWriter
  ) async throws {
    let group = try reader.string()
    let code = await groups.leave(group: group, member: try reader.string())
    if header.version >= 1 { writer.int32(0) }  // throttle
    writer.error(code)
  }
}

extension KafkaReader {
  /// Octets with their length; null is empty.
  mutating func blob() throws(MalformedRequest) -> [UInt8] { try nullableBytes().map { Array(bytes[$0]) } ?? [] }
}
