using System.Runtime.CompilerServices;
using Distillation.Keras.Layers;
using Distillation.Keras.Objectives;
using Distillation.Keras.Training;
using static TorchSharp.torch;

namespace Distillation.Keras.Teachers;

/// <summary>A trained model as a teacher. A model converts to one by itself: <c>new Distiller(model)</c>.</summary>
/// <remarks>
/// Computes in inference mode and changes neither weights nor statistics nor <c>Trainable</c>. The model is the user's, unless
/// <see cref="Release"/> is called. Thread-safe.
/// </remarks>
public sealed class ModelTeacher : Teacher
{
    private readonly ConditionalWeakTable<IReadOnlyList<LayerReference>, Graphs> _graphs = [];
    private readonly Model _model;
    private readonly IReadOnlyList<OutputHead> _heads;
    private readonly Model? _logits;

    /// <summary>A model as a teacher.</summary>
    /// <param name="model">
    /// A model whose outputs end in a softmax, in sigmoids, or without an activation: in logits or, for a regression, in numbers. Any of
    /// its layers' outputs are features.
    /// </param>
    /// <exception cref="NotSupportedException">The model ends in something else; see <see cref="Encoder"/>.</exception>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="ObjectDisposedException">The model was released.</exception>
    public ModelTeacher(Model model)
        : this(Checked(model), model.Heads()) { }

    private ModelTeacher(Model model, IReadOnlyList<OutputHead> heads)
        : base(model.Name, heads.Select(h => new TeacherOutput(h.Name, KindOf(h.Activation), h.Shape)))
    {
        _model = model;
        _heads = heads;
        _logits = heads.Count == 0 ? null : model.Logits(heads);
    }

    /// <inheritdoc/>
    public override Model Model => _model;

    /// <inheritdoc/>
    public override IReadOnlyList<Shape> InputShapes => [.. _model.Inputs.Select(i => i.Shape)];

    /// <summary>
    /// The outputs of the layers that are used once and have one output. Layers of nested models (<c>"nested/layer"</c>) are found, too,
    /// but are not in this list.
    /// </summary>
    public override IReadOnlyDictionary<string, Shape> Features =>
        _model
            .Graph.Nodes.Where(n => !n.IsInput)
            .GroupBy(n => n.Layer.Name)
            .Where(g => g.Count() == 1 && g.First().Outputs.Count == 1)
            .ToDictionary(g => g.Key, g => g.First().Outputs[0].Shape, StringComparer.Ordinal);

    /// <summary>
    /// The parameters, the bytes that they take and, where all layers with weights are dense, convolutional or normalisations and all sizes
    /// are known, the multiply-adds of the former two.
    /// </summary>
    public override TeacherCost Cost =>
        new(_model.CountParams(), MultiplyAdds(_model), _model.Weights.Distinct().Sum(w => w.Value.numel() * w.Value.element_size()));

    /// <summary>
    /// A model of which features alone are asked, whatever it ends in: an encoder. The distiller's soft loss, which compares logits, is
    /// left out.
    /// </summary>
    /// <param name="model">A model with weights.</param>
    /// <exception cref="InvalidOperationException">The model has no weights yet.</exception>
    /// <exception cref="ObjectDisposedException">The model was released.</exception>
    public static ModelTeacher Encoder(Model model) => new(Checked(model), []);

    /// <summary>
    /// Of the architecture (what functions in C# compute is not known: their layers' names stand for them) and all weights.
    /// </summary>
    /// <exception cref="ObjectDisposedException">The model was released.</exception>
    public override string Fingerprint()
    {
        ReleasedTeacher.Refuse(this);
        var fingerprint = new ContentFingerprint();
        fingerprint.Add(nameof(ModelTeacher)).Add(Architecture()).Add(string.Join(",", Outputs.Select(o => o.Name)));
        foreach (Variable weight in _model.Weights)
        {
            fingerprint.Add(weight.Path, weight.Value);
        }

        return fingerprint.ToString();
    }

    /// <inheritdoc/>
    public override void CheckInputs(IReadOnlyList<Tensor> inputs)
    {
        ArgumentNullException.ThrowIfNull(inputs);
        DataChecks.Fit(_logits ?? _model, inputs);
    }

    /// <inheritdoc/>
    public override IReadOnlyList<Shape?> FindFeatures(IReadOnlyList<LayerReference> layers, ICollection<string> problems)
    {
        ArgumentNullException.ThrowIfNull(layers);
        ArgumentNullException.ThrowIfNull(problems);
        Graphs graphs = Of(layers);
        foreach (string problem in graphs.Problems)
        {
            problems.Add(problem);
        }

        return graphs.Shapes;
    }

    /// <summary>Releases the model.</summary>
    public override void Release() => _model.Release();

    /// <inheritdoc/>
    protected override TeacherSignals Compute(TeacherBatch batch)
    {
        ArgumentNullException.ThrowIfNull(batch);
        bool outputs = batch.NeedsOutputs && _heads.Count > 0;
        Model? model =
            batch.Features.Count == 0 ? (outputs ? _logits : null)
            : outputs ? Of(batch.Features).WithLogits
            : Of(batch.Features).Features;
        if (model is null)
        {
            return new TeacherSignals([]);
        }

        using var context = new CallContext(training: false);
        IReadOnlyList<Tensor> all = model.Invoke((Tensor[])[.. batch.Inputs.Select(_model.Device.Moved)], context);
        int heads = outputs ? _heads.Count : 0;
        return new TeacherSignals([.. all.Take(heads)], [.. all.Skip(heads)]);
    }

    private static Model Checked(Model model)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (!model.Built)
        {
            throw new InvalidOperationException(
                $"A teacher is a trained model, but '{model.Name}' has no weights yet. Begin it with an Input(...) and train it first."
            );
        }

        Released.Refuse(model, "teacher");
        return model;
    }

    private static TeacherOutputKind KindOf(OutputActivation activation) =>
        activation switch
        {
            OutputActivation.Softmax => TeacherOutputKind.ClassLogits,
            OutputActivation.Sigmoid => TeacherOutputKind.LabelLogits,
            _ => TeacherOutputKind.Linear,
        };

    // Each place of a dense or convolutional layer takes one for each weight of its kernels.
    private static long? MultiplyAdds(Model model)
    {
        long total = 0;
        foreach (Node node in model.Graph.Nodes.Where(n => !n.IsInput))
        {
            if (node.Layer is Model { HasGraph: true } nested)
            {
                if (MultiplyAdds(nested) is not long inner)
                {
                    return null;
                }

                total += inner;
            }
            else if (node.Layer is Dense or SpatialConvolution)
            {
                // A transposed convolution goes over its input, all others over their output.
                Shape places = node.Layer is BaseConvTranspose ? node.Inputs[0].Shape : node.Outputs[0].Shape;
                if (places.Skip(1).Any(s => s is null))
                {
                    return null;
                }

                int channels = places.Known(node.Layer is SpatialConvolution { DataFormat: "channels_first" } ? 1 : -1, node.Layer.Name);
                long kernels = node.Layer.Weights.Where(w => w.Name.EndsWith("kernel", StringComparison.Ordinal)).Sum(w => w.Value.numel());
                total += places.Skip(1).Aggregate(1L, (n, s) => n * s!.Value) / channels * kernels;
            }
            else if (node.Layer.Weights.Count > 0 && node.Layer is not BatchNormalization)
            {
                return null;
            }
        }

        return total;
    }

    private string Architecture()
    {
        try
        {
            return _model.ToJson(compile: false);
        }
        catch (NotSupportedException)
        {
            return string.Join(",", _model.Layers.Select(l => $"{l.GetType().FullName} {l.Name}"));
        }
    }

    private Graphs Of(IReadOnlyList<LayerReference> layers) => _graphs.GetValue(layers, l => new Graphs(_model, _heads, l));

    // The models for one list of features, made once.
    private sealed class Graphs
    {
        private readonly Lazy<Model> _withLogits;
        private readonly Lazy<Model> _features;

        public Graphs(Model model, IReadOnlyList<OutputHead> heads, IReadOnlyList<LayerReference> layers)
        {
            var problems = new List<string>();
            var found = FeatureModel.Of("teacher", model, heads, layers, problems);
            Problems = problems;
            Shapes = found.Shapes;
            _withLogits = new Lazy<Model>(() => found.WithLogits);
            _features = new Lazy<Model>(() => found.Features);
        }

        public IReadOnlyList<string> Problems { get; }

        public IReadOnlyList<Shape?> Shapes { get; }

        public Model WithLogits => _withLogits.Value;

        public Model Features => _features.Value;
    }
}
