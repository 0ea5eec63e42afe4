using System.Reflection;

namespace Distillation.Keras.Tests.Conventions;

/// <summary>
/// What the distillation library uses of the engine's internals: short, since what it needs another library may need, too.
/// </summary>
public sealed class InternalsTests
{
    // The loop and its data, which a method that trains shares with Fit.
    private static readonly string[] Loop =
    [
        "ArrayBatches",
        "Attempt",
        "BatchRows",
        "BatchSource",
        "Claim",
        "DataChecks",
        "FitOptions",
        "Gradients",
        "ICallbackHost",
        "LossScaling",
        "LossTracker",
        "RandomState",
        "SampleSet",
        "SourcePass",
        "StateExchange.Count",
        "StreamBatches",
        "TrainingLoop",
        "TrainingProgram",
        "Batch..ctor",
        "Batch.Inputs",
        "Batch.On",
        "Batch.Rows",
        "Batch.RowsOn",
        "CallContext.WithLosses",
        "CallContext.WithTraining",
        "Device.Moved",
        "FitState.Seed",
        "Layer.ChangingWeights",
        "Layer.EnsureBuilt",
        "Layer.Exchange",
        "Layer.Invoke",
        "Layer.Penalty",
        "Layer.RegularizedWeights",
        "Layer.ReleaseState",
        "Model.EnsureBuiltFor",
        "Model.MoveTo",
        "Model.PredictTensors",
        "Model.RefuseDivided",
    ];

    // The graph, which surgery changes.
    private static readonly string[] Graph =
    [
        "Graph",
        "Node",
        "Operation",
        "ActivationFunction.IsLinear",
        "ActivationFunction.IsSoftmax",
        "Functional.OfGraph",
        "KerasTensor.Node",
        "KerasTensors..ctor",
        "KerasTensors.IsList",
        "Layer.ApplyNode",
        "Layer.CloneLayer",
        "Layer.CloneSharingWeights",
        "LayerInputs`1.All",
        "LayerInputs`1.Map",
        "Model.CopyTrainable",
        "Model.Graph",
        "Model.HasGraph",
    ];

    // Losses and metrics by short names, and what puts their refusals into words.
    private static readonly string[] Names =
    [
        "DeferredLoss",
        "DeferredMetric",
        "INamed",
        "KerasClasses",
        "KerasObject.ClassName",
        "MetricResolver",
        "Loss.ValidateTargets",
        "Metric.ExchangeState",
        "Metric.Read",
        "Metric.Take",
    ];

    // Views of a batch, which are to leave its labels as they are.
    private static readonly string[] Views = ["BaseImagePreprocessingLayer.ChangesLabels"];

    // Arithmetic, checks and texts: no API.
    private static readonly string[] Tools =
    [
        "Arguments",
        "Arithmetic",
        "Comparisons",
        "DTypes",
        "InvariantInterpolatedStringHandler",
        "InvariantText",
        "NativeFailure",
        "RunningCall",
        "Nonlinearities",
        "TensorConversion",
        "TensorGuard",
        "ValueChecks",
    ];

    [Test]
    public void The_library_uses_the_internals_that_are_listed()
    {
        Assembly engine = typeof(Model).Assembly;
        Assembly library = typeof(Distiller).Assembly;
        IEnumerable<string> types = library
            .GetTypes()
            .Where(t => t.DeclaringType is null)
            .SelectMany(TypeReferences.Of)
            .Where(t => t.Assembly == engine && !t.IsVisible)
            .Select(t => TypeReferences.Outermost(t).Name);
        IEnumerable<string> members = CalledMethods
            .In(library)
            .SelectMany(m =>
                CalledMethods.Of(m).Where(c => c.DeclaringType!.Assembly == engine && c.DeclaringType.IsVisible && IsInternal(c, m))
            )
            .Select(c => $"{c.DeclaringType!.Name}.{PropertyOrMethod(c.Name)}");
        Assert.That(types.Concat(members).Distinct(), Is.EquivalentTo(Loop.Concat(Graph).Concat(Names).Concat(Views).Concat(Tools)));
    }

    private static string PropertyOrMethod(string name) =>
        name.StartsWith("get_", StringComparison.Ordinal) || name.StartsWith("set_", StringComparison.Ordinal) ? name[4..] : name;

    // Whether another library could not call it: a class that derives from its own may call what is protected.
    private static bool IsInternal(MethodBase called, MethodBase caller) =>
        called.IsAssembly
        || called.IsFamilyAndAssembly
        || (called.IsFamilyOrAssembly && !TypeReferences.Outermost(caller.DeclaringType!).IsSubclassOf(called.DeclaringType!));
}
