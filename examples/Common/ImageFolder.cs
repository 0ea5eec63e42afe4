namespace Examples.Common;

/// <summary>A folder of MNIST or of Fashion-MNIST.</summary>
public static class ImageFolder
{
    /// <summary>
    /// Loads whichever of the two it is: the files of both have the same names, and which one it is shows when they are read.
    /// </summary>
    /// <typeparam name="TData">What is loaded.</typeparam>
    /// <param name="folder">The folder.</param>
    /// <param name="mnist">Loads MNIST from there.</param>
    /// <param name="fashion">Loads Fashion-MNIST from there.</param>
    /// <exception cref="FileNotFoundException">It holds neither.</exception>
    /// <exception cref="InvalidDataException">A file is damaged or holds something else.</exception>
    public static TData Load<TData>(string folder, Func<string, TData> mnist, Func<string, TData> fashion)
    {
        ArgumentNullException.ThrowIfNull(mnist);
        ArgumentNullException.ThrowIfNull(fashion);
        try
        {
            return mnist(folder);
        }
        catch (Exception first) when (first is FileNotFoundException or InvalidDataException)
        {
            try
            {
                return fashion(folder);
            }
            catch (Exception second) when (second is FileNotFoundException or InvalidDataException)
            {
                throw first;
            }
        }
    }
}
