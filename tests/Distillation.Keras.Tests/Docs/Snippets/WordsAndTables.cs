// <snippet Words_and_tables>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/getting-started.md.</summary>
public sealed class WordsAndTables
{
    [Test]
    public void Words_and_tables()
    {
        // <snippet Words_and_tables>
        var texts = new string[,] { { "red", "car" }, { "red", "boat" }, { "blue", "boat" } };
        float[,] sizes = { { 1.5f }, { 8f }, { 12f } };
        float[,] prices = { { 10 }, { 40 }, { 55 } };

        // What is learned before training.
        var lookup = new StringLookup(output_mode: "multi_hot");
        lookup.Adapt(texts);
        var normalization = new Normalization();
        normalization.Adapt(sizes);

        var words = new Input(new Shape(2), dtype: "string", name: "words");
        var size = new Input(1, name: "size");
        KerasTensor features = new Concatenate().Apply(lookup.Apply(words), normalization.Apply(size));
        var model = new Model(new KerasTensor[] { words, size }, new Dense(1).Apply(features));
        model.Compile("adam", "mse");
        model.Fit([texts, sizes], prices, verbose: 0);

        // Numbers become words again.
        var spelled = new StringLookup(vocabulary: lookup.GetVocabulary(), invert: true);
        // </snippet>
        Assert.That(spelled.GetVocabulary(), Is.EqualTo(new[] { "[UNK]", "red", "boat", "car", "blue" }));
        Assert.That(model.Optimizer.Iterations, Is.GreaterThan(0));
    }
}
