using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Objectives;

/// <summary>What holds for every objective on pairs of features.</summary>
public class FeatureObjectivesTests
{
    private static readonly Dictionary<string, Func<DistillationObjective>> Makers = new()
    {
        ["hint"] = () => new FitNetsHint("t", "s"),
        ["cosine"] = () => new FitNetsHint("t", "s", HintDistance.Cosine),
        ["attention"] = () => new AttentionTransfer("t", "s"),
        ["attention of the fourth power, by the greatest"] = () => new AttentionTransfer("t", "s", 4, AttentionMap.Max),
        ["neuron selectivity"] = () => new NeuronSelectivityTransfer("t", "s"),
        ["linear neuron selectivity"] = () => new NeuronSelectivityTransfer("t", "s", NeuronSelectivityKernel.Linear),
        ["Gaussian neuron selectivity"] = () => new NeuronSelectivityTransfer("t", "s", NeuronSelectivityKernel.Gaussian),
        ["activation boundary"] = () => new ActivationBoundary("t", "s"),
        ["overhaul"] = () => new OverhaulFeatureDistillation("t", "s", channelMargins: [-1, -1, -0.5, 0]),
        ["variational information"] = () => new VariationalInformationDistillation("t", "s"),
        ["channel-wise"] = () => new ChannelWiseDistillation("t", "s"),
    };

    private static IEnumerable<string> Names => Makers.Keys;

    private static IEnumerable<string> OfMaps =>
        Makers.Where(m => m.Value() is AttentionTransfer or NeuronSelectivityTransfer or ChannelWiseDistillation).Select(m => m.Key);

    [Test]
    public void Large_features_and_zeros_have_finite_values_and_gradients(
        [ValueSource(nameof(Names))] string name,
        [Values("large", "zero", "zero teacher", "zero channel", "60", "equal")] string kind
    )
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(51, 3, 4, 4, 4).to(ScalarType.Float32);
        Tensor student = FeatureData.Of(52, 3, 4, 4, 4).to(ScalarType.Float32);
        (teacher, student) = kind switch
        {
            "large" => (teacher * 1000, student * -1000),
            "zero" => (teacher, zeros_like(student)),
            "zero teacher" => (zeros_like(teacher), zeros_like(student)),
            "zero channel" => (teacher * tensor(new float[] { 0, 1, 1, 1 }), student * tensor(new float[] { 1, 0, 0, 1 })),
            "60" => (teacher.sign() * 60, student.sign() * 60),
            _ => (teacher, teacher.clone()),
        };
        student = student.detach().requires_grad_();
        ObjectiveSignals signals = FeatureData.Signals(teacher, student);
        ObjectiveTerm term = ObjectiveRun.Bind(Makers[name](), signals);

        Tensor value = ObjectiveRun.Value(term, signals);
        value.backward();

        Assert.That(float.IsFinite(value.item<float>()), Is.True, "value");
        Assert.That(student.grad!.isfinite().all().item<bool>(), Is.True, "gradient");
        term.Release();
    }

    [Test]
    public void A_row_does_not_depend_on_the_other_rows_and_the_teacher_gets_no_gradient([ValueSource(nameof(Names))] string name)
    {
        using DisposeScope scope = NewDisposeScope();
        Tensor teacher = FeatureData.Of(53, 3, 4, 4, 4).requires_grad_();
        Tensor student = FeatureData.Of(54, 3, 4, 4, 4).requires_grad_();
        ObjectiveTerm term = ObjectiveRun.Bind(Makers[name](), FeatureData.Signals(teacher, student), dtype: "float64");

        Tensor rows = term.Compute(FeatureData.Signals(teacher, student), 0, 1);
        rows.sum().backward();

        Assert.That(rows.shape, Is.EqualTo(new long[] { 3 }));
        Assert.That(
            rows[1].item<double>(),
            Is.EqualTo(FeatureData.Rows(term, teacher.narrow(0, 1, 1), student.narrow(0, 1, 1))[0]).Within(1e-12)
        );
        Assert.That(teacher.grad is null, Is.True);
        Assert.That(student.grad!.abs().max().item<double>(), Is.GreaterThan(0));
        term.Release();
    }

    [Test]
    public void Only_the_result_stays_and_a_released_term_leaves_nothing([ValueSource(nameof(Names))] string name)
    {
        using DisposeScope scope = NewDisposeScope();
        ObjectiveSignals signals = FeatureData.Signals(FeatureData.Of(55, 3, 4, 4, 4), FeatureData.Of(56, 3, 4, 4, 4));
        long left = LiveTensors.LeftBy(() =>
        {
            ObjectiveTerm term = ObjectiveRun.Bind(Makers[name](), signals, dtype: "float64");
            using (NewDisposeScope())
            {
                term.Compute(signals, 0, 1);
            }

            term.Release();
        });

        Assert.That(left, Is.Zero);
    }

    [Test]
    public void Objectives_on_features_need_no_logits_and_no_labels([ValueSource(nameof(Names))] string name)
    {
        Assert.That(Makers[name]().Needs, Is.EqualTo(ObjectiveNeeds.None));
        Assert.That(Makers[name]().IsPerSample, Is.True);
    }

    [Test]
    public void Flat_features_are_a_problem_for_objectives_on_maps([ValueSource(nameof(OfMaps))] string name)
    {
        DistillationObjective objective = Makers[name]();

        Assert.That(
            Problems(objective, new((int?[])[null, 5]), new((int?[])[null, 5])),
            Has.One.Contains("Both features are maps").And.One.Contains("teacher's 't' has the shape (None, 5)")
        );
        Assert.That(Problems(objective, new((int?[])[null, 4, 4, 5]), new((int?[])[null, 4, 4, 5])), Is.Empty);
    }

    [Test]
    public void Shapes_that_still_differ_behind_the_adapter_are_a_problem([ValueSource(nameof(Names))] string name)
    {
        Assert.That(
            Problems(Makers[name](), new((int?[])[null, 4, 4, 4]), new((int?[])[null, 2, 4, 4])),
            Has.Some.Contains("height and width")
        );
    }

    [Test]
    public void Every_pair_with_a_problem_is_named()
    {
        var objective = new FitNetsHint([new FeaturePair("a", "b"), new FeaturePair("c", "d"), new FeaturePair("e", "f")]);
        Shape flat = new((int?[])[null, 5]);
        var shapes = new ObjectiveShapes(
            2,
            false,
            [
                new(objective.Features[0], flat, new((int?[])[null, 4])),
                new(objective.Features[1], flat, flat),
                new(objective.Features[2], flat, new((int?[])[null, 2, 2, 5])),
            ],
            1
        );

        string[] problems = [.. objective.Problems(shapes)];

        Assert.That(problems, Has.Length.EqualTo(2));
        Assert.That(problems[0], Does.Contain("'a'").And.Contain("equally many channels").And.Contain("FeatureAdapter.Projection"));
        Assert.That(problems[1], Does.Contain("'f'").And.Contain("both are flat"));
    }

    [Test]
    public void Sizes_that_turn_out_to_differ_are_refused_instead_of_repeated()
    {
        using DisposeScope scope = NewDisposeScope();
        var objective = new FitNetsHint([new FeaturePair("t", "s")]);

        Assert.That(
            () => objective.Call(FeatureData.Signals(rand(2, 4, 4, 3), rand(2, 1, 1, 3))),
            Throws.InvalidOperationException.With.Message.Contains("(2, 1, 1, 3)")
        );
    }

    [Test]
    public void No_pairs_and_unknown_variants_are_refused()
    {
        Assert.That(() => new AttentionTransfer([]), Throws.ArgumentException.With.Message.Contains("at least one pair"));
        Assert.That(() => new FitNetsHint("t", "s", (HintDistance)7), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new FitNetsHint("t", "s", reduction: (ElementReduction)7), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(() => new AttentionTransfer("t", "s", map: (AttentionMap)7), Throws.InstanceOf<ArgumentOutOfRangeException>());
        Assert.That(
            () => new AttentionTransfer("t", "s", distance: (AttentionDistance)7),
            Throws.InstanceOf<ArgumentOutOfRangeException>()
        );
        Assert.That(() => new FitNetsHint(null!, "s"), Throws.ArgumentNullException);
    }

    private static string[] Problems(DistillationObjective objective, Shape teacher, Shape student) =>
        [.. objective.Problems(new ObjectiveShapes(2, false, [new FeatureShapes(objective.Features[0], teacher, student)], 1))];
}
