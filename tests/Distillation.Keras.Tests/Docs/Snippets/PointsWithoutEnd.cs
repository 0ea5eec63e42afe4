// <snippet Points_without_end>
using Distillation.Keras;
using Distillation.Keras.Layers;
// </snippet>

namespace Snippets;

/// <summary>Code of docs/distillation.md.</summary>
public sealed class PointsWithoutEnd
{
    [Test]
    public void Points_without_end()
    {
        // <snippet Points_without_end>
        // Points of the unit square: those within the quarter of a circle are of class 1.
        float[,] x = Points(new Random(1), 2000);
        int[] y = [.. Enumerable.Range(0, 2000).Select(i => (x[i, 0] * x[i, 0]) + (x[i, 1] * x[i, 1]) < 0.64f ? 1 : 0)];
        var teacher = new Sequential(new Input(2), new Dense(64, "relu"), new Dense(2, "softmax"));
        teacher.Compile("adam", "sparse_categorical_crossentropy");
        teacher.Fit(x, y, epochs: 10);

        // Others in each epoch, without labels: the teacher says what they are.
        var source = DataSource.FromBatches(
            pass =>
            {
                var random = new Random(pass.Seed);
                return Enumerable.Range(0, 100).Select(_ => new DataBatch(Points(random, 64)));
            },
            batches: 100);
        var student = new Sequential(new Input(2), new Dense(8, "relu"), new Dense(2, "softmax"));
        var result = new Distiller(teacher).WithStudent(student).Fit(source, epochs: 5);
        Console.WriteLine(result.Evaluate(x, y));

        static float[,] Points(Random random, int count)
        {
            var points = new float[count, 2];
            for (int i = 0; i < count; i++)
            {
                (points[i, 0], points[i, 1]) = (random.NextSingle(), random.NextSingle());
            }

            return points;
        }
        // </snippet>
        Assert.That(result.History["teacher_agreement"][^1], Is.GreaterThan(0.8));
    }
}
