using Distillation.Keras.Optimizers;

namespace Distillation.Keras.Tests.Distilling;

/// <summary>One seed fixes initial weights, shuffling and dropout, whatever else happens in the process.</summary>
public class DeterminismTests
{
    private static readonly float[,] X = Toy.X();
    private static readonly int[] Y = Toy.Labels(X);

    [Test]
    public void The_same_seed_gives_the_same_born_again_student_bit_for_bit()
    {
        Model teacher = Toy.Teacher();

        double[] first = Fit(new Distiller(teacher).WithSeed(3));
        Utils.SetRandomSeed(99);
        double[] second = Fit(new Distiller(teacher).WithSeed(3));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(second, Is.EqualTo(first));
            Assert.That(Fit(new Distiller(teacher).WithSeed(4)), Is.Not.EqualTo(first));
        }
    }

    [Test]
    public void Another_seed_draws_other_initial_weights()
    {
        var teacher = new Sequential(new Layers.Input(shape: Toy.Width), new Layers.Dense(Toy.Classes, "softmax"));

        double[] first = Fit(new Distiller(teacher).WithSeed(3).WithOptimizer(new SGD(0.0)));

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Fit(new Distiller(teacher).WithSeed(3).WithOptimizer(new SGD(0.0))), Is.EqualTo(first));
            Assert.That(Fit(new Distiller(teacher).WithSeed(4).WithOptimizer(new SGD(0.0))), Is.Not.EqualTo(first));
            Assert.That(first, Is.Not.EqualTo(Toy.Values(teacher)));
        }
    }

    [TestCase(0.5, false)]
    [TestCase(0, true)]
    public void Dropout_and_shuffling_follow_the_seed(double dropout, bool shuffle)
    {
        Model teacher = Toy.Mlp();

        double[] first = Student(3);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Student(3), Is.EqualTo(first));
            Assert.That(Student(4), Is.Not.EqualTo(first));
        }

        double[] Student(int seed)
        {
            Model student = Toy.Mlp(dropout: dropout, seed: 6);
            new Distiller(teacher).WithStudent(student).WithSeed(seed).Fit(X, Y, epochs: 2, batch_size: 8, verbose: 0, shuffle: shuffle);
            return Toy.Values(student);
        }
    }

    [Test]
    public void Without_a_seed_the_common_one_decides()
    {
        Model teacher = Toy.Mlp(dropout: 0.2);

        Utils.SetRandomSeed(5);
        double[] first = Fit(new Distiller(teacher));
        double[] next = Fit(new Distiller(teacher));
        Utils.SetRandomSeed(5);

        using (Assert.EnterMultipleScope())
        {
            Assert.That(Fit(new Distiller(teacher)), Is.EqualTo(first));
            Assert.That(next, Is.Not.EqualTo(first));
        }
    }

    private static double[] Fit(Distiller distiller) => Toy.Values(distiller.Fit(X, Y, epochs: 2, batch_size: 8, verbose: 0).Student);
}
