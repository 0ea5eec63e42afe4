using Distillation.Keras.Objectives;
using Distillation.Keras.Tests.Objectives;
using Distillation.Keras.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace Distillation.Keras.Tests.Devices;

/// <summary>Where objectives compute: on libtorch's "meta" device, as far as it has the operations.</summary>
public sealed class ObjectiveDeviceTests
{
    private static readonly Device Elsewhere = DistillationDeviceTests.Elsewhere;

    // What stops on "meta", by the operation that libtorch does not have for tensors without values.
    private static readonly Dictionary<string, string[]> Stopped = new(StringComparer.Ordinal)
    {
        ["abs.out"] = ["decoupled", "attention", "overhaul with margins"],
        ["where.self"] =
        [
            "DIST",
            "standardized",
            "cosine",
            "neuron selectivity",
            "Gaussian neuron selectivity",
            "overhaul",
            "contrast of samples",
            "correlation congruence",
            "probabilistic",
            "similarities",
        ],
        ["log_sigmoid_forward"] = ["labels"],
        ["native_batch_norm"] = ["hint", "activation boundary", "channel-wise", "flow", "review"],
        ["relu"] = ["variational information", "mean variational information", "variational information of flat features"],
        ["convolution"] = ["factor transfer"],
        ["nonzero"] = ["contrast of classes"],
        ["_cdist_forward"] = ["relational", "relational, all tuples"],
    };

    private static IEnumerable<string> Objectives => EachObjective.Names;

    [Test]
    public void Each_class_of_objectives_is_tried() =>
        Assert.That(
            EachObjective.Names.Select(n => EachObjective.Of(n).GetType().Name).Distinct(),
            Is.EquivalentTo(
                typeof(DistillationObjective)
                    .Assembly.GetExportedTypes()
                    .Where(t => !t.IsAbstract && t.IsSubclassOf(typeof(DistillationObjective)))
                    .Select(t => t.Name)
            )
        );

    [TestCaseSource(nameof(Objectives))]
    public void An_objective_computes_where_its_signals_are(string name)
    {
        using DisposeScope scope = NewDisposeScope();
        string? missing = null;
        Tensor? value = null;
        Variable[] variables = [];
        try
        {
            DistillationObjective objective = EachObjective.Of(name);
            Tensor Signal(bool learns, params long[] sizes) => zeros(sizes, device: META, requires_grad: learns);
            ObjectiveTerm term = ObjectiveRun.Bind(objective, SignalsOf(objective, Signal), classes: 4, samples: 6, device: Elsewhere);
            variables = [.. term.Variables];
            term.Prepare([SignalsOf(objective, Signal)]);
            value = term.Compute(SignalsOf(objective, Signal), 0, 1);
            value.sum().backward();
        }
        catch (Exception e) when (MetaDevice.StoppedAt(e) is not null)
        {
            missing = MetaDevice.StoppedAt(e);
        }

        Assert.That(missing, Is.EqualTo(Stopped.FirstOrDefault(s => s.Value.Contains(name)).Key));
        Assert.That(variables.Select(v => v.Device), Is.All.EqualTo(Elsewhere));
        Assert.That(value?.device_type, Is.EqualTo(missing is null ? DeviceType.META : value?.device_type));
    }

    private static ObjectiveSignals SignalsOf(DistillationObjective objective, Func<bool, long[], Tensor> signal)
    {
        Tensor Feature(LayerReference layer, long channels, bool learns) =>
            layer.Name == "pool" ? signal(learns, [6, channels]) : signal(learns, [6, 4, 4, channels]);
        return new ObjectiveSignals
        {
            StudentLogits = signal(true, [6, 4]),
            TeacherLogits = signal(false, [6, 4]),
            Labels = objective is MultiLabelSoftTargets ? signal(false, [6, 4]) : zeros(6, ScalarType.Int64, META),
            SampleIndices = zeros(6, ScalarType.Int64, META),
            Temperature = ones(Array.Empty<long>(), device: META),
            StudentFeatures = [.. objective.Features.Select(f => Feature(f.Student, 4, true))],
            TeacherFeatures = [.. objective.Features.Select(f => Feature(f.Teacher, 6, false))],
            Training = true,
        };
    }
}
