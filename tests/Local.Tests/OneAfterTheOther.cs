// Each of these tests starts a whole platform, some with processes of their own: side by side on two cores they would measure each other's patience.
[assembly: Xunit.CollectionBehavior(DisableTestParallelization = true)]
