// Lucene's side of the text bench: see run.py. As bench_text serve, with an index in a directory.
import java.io.BufferedReader;
import java.io.FileReader;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Paths;
import org.apache.lucene.analysis.core.WhitespaceAnalyzer;
import org.apache.lucene.document.Document;
import org.apache.lucene.document.Field;
import org.apache.lucene.document.TextField;
import org.apache.lucene.index.DirectoryReader;
import org.apache.lucene.index.IndexWriter;
import org.apache.lucene.index.IndexWriterConfig;
import org.apache.lucene.index.SerialMergeScheduler;
import org.apache.lucene.index.Term;
import org.apache.lucene.search.BooleanClause;
import org.apache.lucene.search.BooleanQuery;
import org.apache.lucene.search.IndexSearcher;
import org.apache.lucene.search.PhraseQuery;
import org.apache.lucene.search.Query;
import org.apache.lucene.search.TermQuery;
import org.apache.lucene.search.TopScoreDocCollector;
import org.apache.lucene.store.MMapDirectory;
import org.apache.lucene.util.Version;

public class Lucene {
  static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  static Query parse(String text) {
    if (text.startsWith("\"")) {
      PhraseQuery.Builder phrase = new PhraseQuery.Builder();
      for (String word : text.substring(1, text.length() - 1).split(" ")) phrase.add(new Term("text", word));
      return phrase.build();
    }
    BooleanQuery.Builder query = new BooleanQuery.Builder();
    for (String word : text.split(" ")) {
      BooleanClause.Occur occur = BooleanClause.Occur.SHOULD;
      if (word.startsWith("+")) occur = BooleanClause.Occur.MUST;
      if (word.startsWith("-")) occur = BooleanClause.Occur.MUST_NOT;
      if (occur != BooleanClause.Occur.SHOULD) word = word.substring(1);
      query.add(new TermQuery(new Term("text", word)), occur);
    }
    return query.build();
  }

  static long run(IndexSearcher searcher, String command, Query query) throws Exception {
    if (command.equals("COUNT")) return searcher.count(query);
    boolean counts = command.equals("TOP_100_COUNT");
    int k = counts ? 100 : 10;
    TopScoreDocCollector collector = TopScoreDocCollector.create(k, counts ? Integer.MAX_VALUE : k);
    searcher.search(query, collector);
    return counts ? collector.topDocs().totalHits.value : collector.topDocs().scoreDocs.length;
  }

  public static void main(String[] arguments) throws Exception {
    MMapDirectory directory = new MMapDirectory(Paths.get(arguments[1]));
    long start = THREADS.getCurrentThreadCpuTime();
    long loaded;
    IndexWriterConfig config = new IndexWriterConfig(new WhitespaceAnalyzer());
    config.setOpenMode(IndexWriterConfig.OpenMode.CREATE);
    config.setMergeScheduler(new SerialMergeScheduler());
    try (IndexWriter writer = new IndexWriter(directory, config);
        BufferedReader file = new BufferedReader(new FileReader(arguments[0]))) {
      for (String line = file.readLine(); line != null; line = file.readLine()) {
        Document document = new Document();
        document.add(new TextField("text", line, Field.Store.YES));
        writer.addDocument(document);
      }
      loaded = THREADS.getCurrentThreadCpuTime();
      writer.forceMerge(1);
    }
    DirectoryReader reader = DirectoryReader.open(directory);
    IndexSearcher searcher = new IndexSearcher(reader);
    searcher.setQueryCache(null);
    System.out.println(reader.numDocs() + " " + (loaded - start) + " "
        + (THREADS.getCurrentThreadCpuTime() - loaded) + " " + reader.leaves().size() + " " + Version.LATEST);
    BufferedReader input = new BufferedReader(new InputStreamReader(System.in));
    for (String line = input.readLine(); line != null; line = input.readLine()) {
      String[] parts = line.split("\t");
      Query query = parse(parts[1]);
      long best = Long.MAX_VALUE;
      long count = 0;
      for (int round = Integer.parseInt(parts[2]); round > 0; round--) {
        long before = THREADS.getCurrentThreadCpuTime();
        count = run(searcher, parts[0], query);
        best = Math.min(best, THREADS.getCurrentThreadCpuTime() - before);
      }
      System.out.println(count + " " + best);
      System.out.flush();
    }
  }
}
