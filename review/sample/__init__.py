"""The sample: people, firms, official data and claims in every state, put there by the services that real ones use."""
