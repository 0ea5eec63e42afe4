using Distillation.Keras.Layers;

namespace Distillation.Keras.Tests;

/// <summary>Everything of a model that a distillation must not change, bit for bit.</summary>
internal sealed class ModelSnapshot
{
    private readonly Model _model;
    private readonly double[] _weights;
    private readonly bool[] _flags;
    private readonly bool[] _gradients;
    private readonly int[] _uses;
    private readonly double[] _slots;
    private readonly object? _optimizer;

    public ModelSnapshot(Model model)
    {
        _model = model;
        _weights = Toy.Values(model);
        _flags = Flags();
        _gradients = Gradients();
        _uses = Uses();
        _optimizer = model.IsCompiled ? model.Optimizer : null;
        _slots = Slots();
    }

    public void AssertUnchanged()
    {
        using (Assert.EnterMultipleScope())
        {
            Assert.That(Toy.Values(_model), Is.EqualTo(_weights), "weights and statistics");
            Assert.That(Flags(), Is.EqualTo(_flags), "Trainable");
            Assert.That(Gradients(), Is.EqualTo(_gradients), "requires_grad");
            Assert.That(Uses(), Is.EqualTo(_uses), "layers");
            Assert.That(_model.IsCompiled ? _model.Optimizer : null, Is.SameAs(_optimizer), "optimizer");
            Assert.That(Slots(), Is.EqualTo(_slots), "slots of the optimizer");
        }
    }

    private static IEnumerable<Layer> All(Layer layer) => layer is Model model ? model.Layers.SelectMany(All).Prepend(model) : [layer];

    private bool[] Flags() => [.. All(_model).Select(l => l.Trainable)];

    private bool[] Gradients() => [.. _model.Weights.Select(w => w.Value.requires_grad)];

    private int[] Uses() => [.. All(_model).OfType<Model>().Select(m => m.Layers.Count)];

    private double[] Slots() => _model.IsCompiled ? [.. _model.Optimizer.Variables.SelectMany(Toy.Values)] : [];
}
