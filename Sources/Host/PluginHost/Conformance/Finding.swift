extension Conformance {
    /// What one check found.
    public struct Finding: Sendable, Equatable {
        /// What the plugin should do.
        public var name: String
        public var outcome: Outcome
        /// Something that is no fault, but may not be meant.
        public var note: String?

        /// How a check ended.
        public enum Outcome: Sendable, Equatable {
            case passed
            /// With the reason, in one sentence.
            case failed(String)
            /// An earlier check failed, on which this one may depend.
            case notRun
        }

        /// Why the plugin does not do it; nil: it does, or it was not asked.
        public var failure: String? {
            if case .failed(let reason) = outcome { reason } else { nil }
        }
    }
}
