using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>What adapters do to features of different shapes.</summary>
public class BoundAdapterTests
{
    private ObjectiveBinding _binding = null!;

    [SetUp]
    public void MakeBinding() => _binding = new ObjectiveBinding(new ObjectiveShapes(2, false, [], 1), "float64");

    [TearDown]
    public void ReleaseBinding() => _binding.Release();

    [Test]
    public void Equal_shapes_stay_as_they_are()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor map = FeatureData.Of(1, 2, 3, 3, 4);

        BoundAdapter adapter = Create(FeatureAdapter.Projection, map, map);

        Assert.That(adapter.Student(map, training: true), Is.SameAs(map));
        Assert.That(adapter.Teacher(map), Is.SameAs(map));
        Assert.That(_binding.Variables, Is.Empty);
    }

    [Test]
    public void Equal_shapes_of_any_rank_are_no_problem()
    {
        Shape sequence = new((int?[])[null, 7, 4]);

        Assert.That(Problem(FeatureAdapter.Projection, sequence, sequence), Is.Null);
        Assert.That(Create(FeatureAdapter.Projection, sequence, sequence).Shapes.Student, Is.EqualTo(sequence));
    }

    [Test]
    public void A_regressor_may_be_there_always()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor flat = FeatureData.Of(1, 2, 4);

        BoundAdapter adapter = Create(FeatureAdapter.Regressor(always: true), flat, flat);
        Tensor kernel = _binding.Variables[0].Value;

        Near.Assert("projected", adapter.Student(flat, false), flat.matmul(kernel), 1e-14);
        Assert.That(_binding.Variables.Select(v => v.Name), Is.EqualTo(new[] { "kernel", "bias" }));
    }

    [Test]
    public void A_larger_map_is_averaged_then_projected_then_normalised()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = FeatureData.Of(2, 2, 6, 4, 3);

        BoundAdapter adapter = Create(FeatureAdapter.Projection, FeatureData.Of(3, 2, 3, 2, 5), student);
        Tensor found = adapter.Student(student, training: false);

        Assert.That(
            _binding.Variables.Select(v => v.Name),
            Is.EqualTo(new[] { "kernel", "gamma", "beta", "moving_mean", "moving_variance" })
        );
        Assert.That(adapter.Shapes.Student.ToString(), Is.EqualTo("(None, 3, 2, 5)"));
        Func<int, int, int, int, double> x = FeatureData.Map(student);
        Tensor kernel = _binding.Variables[0].Value;
        double expected = 0;
        for (int k = 0; k < 3; k++)
        {
            double pooled = (x(1, 4, 2, k) + x(1, 4, 3, k) + x(1, 5, 2, k) + x(1, 5, 3, k)) / 4;
            expected += pooled * kernel[k, 3].item<double>();
        }

        Assert.That(found.shape, Is.EqualTo(new long[] { 2, 3, 2, 5 }));
        Assert.That(found[1, 2, 1, 3].item<double>(), Is.EqualTo(expected / Math.Sqrt(1.001)).Within(1e-12));
    }

    [Test]
    public void Normalisation_uses_the_batch_in_training_only()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = FeatureData.Of(2, 4, 2, 2, 3);
        BoundAdapter adapter = Create(FeatureAdapter.Projection, FeatureData.Of(3, 4, 2, 2, 2), student);

        Tensor trained = adapter.Student(student, training: true);

        Near.Assert("mean", trained.mean([0, 1, 2]), zeros(2, dtype: ScalarType.Float64), 0, 1e-12);
        Assert.That(_binding.Variables[3].Value.abs().max().item<double>(), Is.GreaterThan(0), "the moving mean follows");
    }

    [Test]
    public void A_regressor_without_normalisation_has_a_bias_if_asked_for()
    {
        using DisposeScope scope = NewDisposeScope();

        Create(FeatureAdapter.Regressor(normalization: false), FeatureData.Of(3, 2, 3, 3, 5), FeatureData.Of(2, 2, 3, 3, 3));
        Assert.That(_binding.Variables.Select(v => v.Name), Is.EqualTo(new[] { "kernel", "bias" }));

        Create(FeatureAdapter.Regressor(normalization: false, bias: false), FeatureData.Of(3, 2, 3, 3, 5), FeatureData.Of(2, 2, 3, 3, 3));
        Assert.That(_binding.Variables.Select(v => v.Name), Is.EqualTo(new[] { "kernel", "bias", "kernel" }));
    }

    [Test]
    public void A_smaller_map_is_interpolated_bilinearly()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = tensor(new double[] { 0, 1, 2, 3 }).reshape(1, 2, 2, 1);

        BoundAdapter adapter = Identity(
            Create(FeatureAdapter.Regressor(normalization: false, bias: false), FeatureData.Of(1, 1, 4, 4, 1), student)
        );
        Tensor found = adapter.Student(student, false);

        // At the centres of halves: a quarter of the way, three quarters, and constant outside of the outer centres.
        double[] at = [0, 0.25, 0.75, 1];
        double[] expected = [.. at.SelectMany(row => at.Select(column => (2 * row) + column))];
        Assert.That(found.contiguous().data<double>().ToArray(), Is.EqualTo(expected).Within(1e-14));
    }

    [Test]
    public void Where_one_axis_shrinks_and_the_other_grows_every_value_counts()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = tensor(new double[] { 1, 3, 5, 100, 2, 2, 2, 2 }).reshape(1, 4, 2, 1);

        BoundAdapter adapter = Identity(
            Create(FeatureAdapter.Regressor(normalization: false, bias: false), FeatureData.Of(1, 1, 1, 4, 1), student)
        );
        Tensor found = adapter.Student(student, false);

        // The columns' means over the height are 2.5 and 26.75.
        Assert.That(
            found.contiguous().data<double>().ToArray(),
            Is.EqualTo(new[] { 2.5, 2.5 + (0.25 * 24.25), 2.5 + (0.75 * 24.25), 26.75 }).Within(1e-12)
        );
    }

    [Test]
    public void Pooling_averages_the_larger_side_along_each_axis_over_windows_that_may_overlap()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = tensor(new double[] { 1, 2, 4, 8, 16 }).reshape(1, 5, 1, 1);
        Tensor student = arange(0, 6, ScalarType.Float64).reshape(1, 3, 2, 1);

        BoundAdapter adapter = Create(FeatureAdapter.Pooling, teacher, student);

        // Windows floor(5 i / 3) to ceil(5 (i + 1) / 3): 0-1, 1-3, 3-4.
        Assert.That(adapter.Teacher(teacher).contiguous().data<double>().ToArray(), Is.EqualTo(new[] { 1.5, 14 / 3.0, 12 }).Within(1e-14));
        Assert.That(
            adapter.Student(student, true).contiguous().data<double>().ToArray(),
            Is.EqualTo(new[] { 0.5, 2.5, 4.5 }).Within(1e-14)
        );
        Assert.That(adapter.Shapes.Teacher.ToString(), Is.EqualTo("(None, 3, 1, 1)"));
        Assert.That(adapter.Shapes.Student.ToString(), Is.EqualTo("(None, 3, 1, 1)"));
        Assert.That(_binding.Variables, Is.Empty);
    }

    [Test]
    public void Pooling_leaves_flat_features_as_they_are()
    {
        using DisposeScope scope = NewDisposeScope();
        (Shape teacher, Shape student) = (new((int?[])[null, 5]), new((int?[])[null, 3]));

        Assert.That(Problem(FeatureAdapter.Pooling, teacher, student), Is.Null);
        Assert.That(Create(FeatureAdapter.Pooling, teacher, student).Shapes.Student, Is.EqualTo(student));
        Assert.That(
            BoundAdapter
                .Adapted(new FeatureShapes(new FeaturePair("teacher", "student", FeatureAdapter.Pooling), teacher, student))
                .Student,
            Is.EqualTo(student)
        );
    }

    [Test]
    public void A_map_of_the_student_goes_to_a_flat_feature_by_its_mean()
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor student = FeatureData.Of(2, 2, 3, 3, 4);

        BoundAdapter adapter = Create(FeatureAdapter.Projection, FeatureData.Of(3, 2, 6), student);

        Assert.That(_binding.Variables.Select(v => v.Shape.ToString()), Is.EqualTo(new[] { "(4, 6)", "(6,)" }));
        Near.Assert("projected", adapter.Student(student, true), student.mean([1, 2]).matmul(_binding.Variables[0].Value), 1e-13);
        Assert.That(adapter.Shapes.Student.ToString(), Is.EqualTo("(None, 6)"));
    }

    [Test]
    public void What_cannot_be_adapted_is_said_with_both_shapes()
    {
        Shape map = new((int?[])[null, 4, 4, 3]);
        Shape flat = new((int?[])[null, 5]);

        Assert.That(
            Problem(FeatureAdapter.Projection, map, flat),
            Does.Contain("cannot be made into a map").And.Contain("(None, 4, 4, 3)").And.Contain("(None, 5)")
        );
        Assert.That(Problem(FeatureAdapter.Pooling, map, flat), Does.Contain("An adapter takes maps"));
        Assert.That(Problem(FeatureAdapter.Pooling, flat, map), Does.Contain("An adapter takes maps"));
        Assert.That(
            Problem(FeatureAdapter.Projection, new((int?[])[null, 7, 4]), flat),
            Does.Contain("An adapter takes maps").And.Contain("flat features")
        );
        Assert.That(
            Problem(FeatureAdapter.Projection, map, new((int?[])[null, null, 4, 3])),
            Does.Contain("known shapes").And.Contain("'student'")
        );
        Assert.That(Problem(FeatureAdapter.None, map, flat), Is.Null);
        Assert.That(Problem(FeatureAdapter.Projection, flat, map), Is.Null);
    }

    private static string? Problem(FeatureAdapter adapter, Shape teacher, Shape student) =>
        BoundAdapter.Problem(new FeaturePair("teacher", "student", adapter), teacher, student);

    private static Shape Batch(Tensor feature) => new(feature.shape.Select((s, i) => i == 0 ? (int?)null : (int)s));

    private BoundAdapter Create(FeatureAdapter adapter, Tensor teacher, Tensor student) => Create(adapter, Batch(teacher), Batch(student));

    // What is said of the shapes before the weights are made must be what they are afterwards.
    private BoundAdapter Create(FeatureAdapter adapter, Shape teacher, Shape student)
    {
        var pair = new FeaturePair("teacher", "student", adapter);
        var made = BoundAdapter.Create(pair, teacher, student, _binding);
        Assert.That(BoundAdapter.Adapted(new FeatureShapes(pair, teacher, student)), Is.EqualTo(made.Shapes));
        return made;
    }

    // With a kernel that changes nothing, so that the size alone is adapted.
    private BoundAdapter Identity(BoundAdapter adapter)
    {
        _binding.Variables[0].Assign(ones_like(_binding.Variables[0].Value));
        return adapter;
    }
}
