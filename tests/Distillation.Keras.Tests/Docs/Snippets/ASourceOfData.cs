// <snippet A_source_of_data>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/extending.md.</summary>
public sealed class ASourceOfData
{
    [Test]
    public void A_source_of_data()
    {
        // <snippet A_source_of_data>
        var model = new Sequential(new Input(2), new Dense(32, "relu"), new Dense(2, "softmax"));
        model.Compile("adam", "sparse_categorical_crossentropy", ["accuracy"]);
        model.Fit(new Points(batches: 100), epochs: 5, validation_data: new Points(batches: 20));
        Console.WriteLine(model.Evaluate(new Points(batches: 20))["accuracy"]);
        using var p = model.Predict(new Points(batches: 1));
        // </snippet>
        Assert.That(model.Evaluate(new Points(20))["accuracy"], Is.GreaterThan(0.7));
        Assert.That(p.shape, Is.EqualTo(new long[] { 64, 2 }));
    }

    // <snippet A_source_of_data>
    /// <summary>Points of the unit square, made on the way: those within the quarter of a circle are of class 1.</summary>
    public sealed class Points(int batches) : DataSource
    {
        public override int? Batches => batches;

        public override IEnumerable<DataBatch> Read(DataPass pass)
        {
            var random = new Random(pass.Seed);
            for (int i = 0; i < batches; i++)
            {
                var x = new float[64, 2];
                var y = new int[64];
                for (int j = 0; j < 64; j++)
                {
                    (x[j, 0], x[j, 1]) = (random.NextSingle(), random.NextSingle());
                    y[j] = (x[j, 0] * x[j, 0]) + (x[j, 1] * x[j, 1]) < 0.64f ? 1 : 0;
                }

                yield return (x, y);
            }
        }
    }
    // </snippet>
}
